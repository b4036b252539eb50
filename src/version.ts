import manifest from "../package.json" with { type: "json" };

/** The version in package.json, which both servers and the command line report. */
export const VERSION: string = manifest.version;
