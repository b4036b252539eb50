import type { ESLint } from "eslint";

/** A layer of the house, and which other layers and guarded packages it may import; `*` means all. */
export interface Layer {
  name: string;
  /** Globs of its files; where those of several layers match a file, the longest counts. */
  where: string[];
  job: string;
  mayUse: string[];
  packages?: string[];
}

export const layers: readonly Layer[];

/** Refuses imports that the table of layers does not allow, of types too. */
export const walls: ESLint.Plugin;
