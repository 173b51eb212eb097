/** What a page of a list costs near its start, in its middle and near its end. */
import { median, type Question, type Requester } from "./requester.ts";

export interface List {
  readonly name: string;
  readonly question: Question;
  /** The names on a page. */
  namesOn(output: Record<string, unknown>): readonly string[];
}

export interface Walk {
  /** How many names there are, and how many of them differ. */
  readonly names: number;
  readonly distinctNames: number;
  /** The tokens of all pages but the first, in order. */
  readonly tokens: readonly string[];
}

/** Milliseconds, medians. */
export interface PageCosts {
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

const samplesMax = 100;

/** The whole list, page by page. */
export async function walk(requester: Requester, list: List): Promise<Walk> {
  const distinct = new Set<string>();
  const tokens: string[] = [];
  let names = 0;
  for (;;) {
    const { output } = await requester.ask(at(list, tokens.at(-1)));
    const found = list.namesOn(output);
    names += found.length;
    for (const name of found) distinct.add(name);
    if (output.NextToken === undefined) return { names, distinctNames: distinct.size, tokens };
    tokens.push(output.NextToken);
  }
}

/** Asks for pages of the three places in turn, so that the machine's noise falls on all alike. */
export async function pageCosts(
  requester: Requester,
  list: List,
  { tokens }: Walk,
): Promise<PageCosts> {
  // The last page is left out: it may hold less than the others.
  const samples = Math.min(samplesMax, Math.floor((tokens.length - 1) / 3));
  const starts = [0, Math.floor((tokens.length - samples) / 2), tokens.length - 1 - samples];
  const times: number[][] = [[], [], []];
  for (let sample = 0; sample < samples; sample++) {
    for (const [place, start] of starts.entries()) {
      const { milliseconds } = await requester.ask(at(list, tokens[start + sample]));
      times[place]?.push(milliseconds);
    }
  }
  const [start = [], middle = [], end = []] = times;
  return { start: median(start), middle: median(middle), end: median(end) };
}

function at({ question }: List, NextToken: string | undefined): Question {
  return { ...question, input: { ...question.input, NextToken } };
}
