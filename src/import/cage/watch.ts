import { LIMITS } from "./limits.ts";

// A thread beside the one that reads, which may be deaf for as long as a file keeps it busy.
const parent = process.ppid;

setInterval(() => {
  const { user, system } = process.cpuUsage();
  const isOver =
    process.memoryUsage.rss() > LIMITS.residentBytes ||
    (user + system) / 1000 > LIMITS.cpuMilliseconds;
  const isAlone = process.ppid !== parent;
  if (isOver || isAlone) process.kill(process.pid, "SIGKILL");
}, 20);
