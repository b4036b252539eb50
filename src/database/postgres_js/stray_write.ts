// Defect of postgres.js 3.4 (`nextWrite` in src/connection.js): it gathers what it sends and writes it a
// moment later. Where the connection closes within that moment it has told the query's caller so already,
// and then writes to a socket that is gone: a TypeError that nobody can catch. It is gone when `nextWrite`
// looks whether there is a socket before it writes.

let isWatching = false;

/**
 * Keeps a lost connection from ending the process: the stray write is passed over; every other uncaught
 * error ends the process, as it does without this.
 */
export function surviveStrayWrites(): void {
  if (isWatching) return;
  isWatching = true;
  process.on("uncaughtException", (error) => {
    if (isStrayWrite(error)) return;
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(1);
  });
}

function isStrayWrite(error: Error): boolean {
  return (
    error instanceof TypeError &&
    error.message.includes("reading 'write'") &&
    (error.stack?.includes("nextWrite") ?? false)
  );
}
