/**
 * What postgresql.conf says beyond PostgreSQL's defaults: a small database on a desk, that
 * survives a power cut, sleeps while unused and keeps personal data out of its log.
 */
const SETTINGS: Record<string, string> = {
  max_connections: "100",
  shared_buffers: "64MB",
  // Counting people over a whole history must not go by way of files.
  work_mem: "16MB",
  huge_pages: "off",
  // Parallel workers need more shared memory than containers give, and data this small gains nothing by them.
  max_parallel_workers_per_gather: "0",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_logical_replication_workers: "0",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  // Failed statements carry people's data and are the clients' affair.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_checkpoints: "off",
  log_autovacuum_min_duration: "-1",
};

/**
 * The settings as arguments of initdb, which writes them to postgresql.conf.
 * @param id the new cluster's id, by which initdb is known among other processes
 */
export function initdbSettings(id: string): string[] {
  return Object.entries({ ...SETTINGS, cluster_name: id }).flatMap(([name, value]) => [
    "--set",
    `${name}=${value}`,
  ]);
}

/**
 * The settings that belong to one start and stand in the server's command line.
 * @param name the server's name, by which its processes are known
 */
export function startSettings(name: string, port: number): string[] {
  // "." is the cluster's own folder: private, and never too long for a socket.
  const reach =
    process.platform === "win32"
      ? ["listen_addresses=127.0.0.1"]
      : ["listen_addresses=", "unix_socket_directories=.", "unix_socket_permissions=0700"];
  const settings = [
    `port=${String(port)}`,
    `cluster_name=${name}`,
    "logging_collector=off",
    // Folders of earlier versions have it otherwise in their postgresql.conf.
    "plan_cache_mode=auto",
    ...reach,
  ];
  return settings.flatMap((setting) => ["-c", setting]);
}
