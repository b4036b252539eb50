import { readFile } from "node:fs/promises";

/** A user with a name on this machine. */
interface User {
  name: string;
  uid: number;
  gid: number;
}

/** The users of this machine that have a name, as its own file lists them. */
export async function namedUsers(): Promise<User[]> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || !/^-?\d+$/.test(uid ?? "") || !/^-?\d+$/.test(gid ?? "")) return [];
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

/** A user as a person knows them: by name, else by number. */
export async function nameOf(uid: number): Promise<string> {
  const user = (await namedUsers()).find((candidate) => candidate.uid === uid);
  return user === undefined ? `the user with number ${String(uid)}` : `the user ${user.name}`;
}
