import { SPEAKERS_BEFORE, SPEAKERS_LAST_YEAR } from "./people.ts";

type Name = readonly [first: string, last: string];

/** A session and who held it. */
export interface Talk {
  title: string;
  track: string;
  speakers: readonly Name[];
}

const TRACKS = ["Engineering", "Machine learning", "Analytics"];

const TITLES_BEFORE = [
  "Lakes, warehouses and what is in between",
  "A first model in an afternoon",
  "Dashboards that people read",
  "Moving ten years of data",
  "What the optimiser knows",
];

const TITLES_LAST_YEAR = [
  "Streams that never sleep",
  "Forecasts for small shops",
  "Queues without tears",
  "Maps - more than pins",
  "The price of a query",
  "Models on a diet",
  "Testing what cannot be tested",
  "Graphs for gardeners",
  "Speech in eleven languages",
  "Clean data, dirty hands",
  "Notebooks in production",
  "Reading the logs",
  "Privacy by arithmetic",
  "Charts that lie",
  "A catalogue nobody hates",
  "From spreadsheet to pipeline",
];

/** The sessions of the two past events; last year a couple held the first one together. */
export function talks(event: "before" | "last"): Talk[] {
  if (event === "before") {
    return TITLES_BEFORE.map((title, index) => talk(title, index, [SPEAKERS_BEFORE[index]!]));
  }
  const [one, other, ...rest] = SPEAKERS_LAST_YEAR;
  return TITLES_LAST_YEAR.map((title, index) =>
    talk(title, index, index === 0 ? [one!, other!] : [rest[index - 1]!]),
  );
}

function talk(title: string, index: number, speakers: Name[]): Talk {
  return { title, track: TRACKS[index % TRACKS.length]!, speakers };
}
