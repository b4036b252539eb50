let isWatching = false;

/**
 * Keeps a lost connection from ending the process.
 *
 * postgres.js gathers what it sends and writes it a moment later. Where the connection closes within
 * that moment it has told the query's caller so already, and then writes to a socket that is gone: a
 * TypeError that nobody can catch (porsager/postgres 3.4, `nextWrite`). That one is passed over; every
 * other uncaught error ends the process, as it does without this.
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
