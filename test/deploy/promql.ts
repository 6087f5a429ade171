/** A label matcher of a query, such as `label="value"`. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A metric that a query reads. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

/** The metrics and labels that a PromQL query uses. */
export interface QueryNeeds {
  readonly selectors: readonly Selector[];
  /** Labels by which it groups or joins. */
  readonly groupings: readonly string[];
}

const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);
const groupingWords = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const token =
  /\s+|#.*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\[[^\]]*\]|[A-Za-z_:][A-Za-z0-9_:]*|[0-9][0-9a-zA-Z.]*|=~|!~|!=|==|>=|<=|./g;

/**
 * Reads the metrics and labels of a query (prometheus.io/docs/prometheus/latest/querying/basics).
 *
 * The token after a name tells what it is. A function or an aggregation is followed by a parenthesis or a grouping, a
 * metric is not.
 */
export function readQuery(query: string): QueryNeeds {
  const tokens = (query.match(token) ?? []).filter((text) => !/^(\s|#)/.test(text));
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const [text = '', next = ''] = [tokens[at], tokens[at + 1]];
    if (!/^[A-Za-z_:]/.test(text) || words.has(text.toLowerCase())) continue;
    if (groupingWords.has(text)) {
      const end = next === '(' ? tokens.indexOf(')', at) : at;
      groupings.push(...tokens.slice(at + 2, end).filter((part) => part !== ','));
      at = end;
    } else if (next === '{') {
      const end = tokens.indexOf('}', at);
      selectors.push({ name: text, matchers: readMatchers(tokens.slice(at + 2, end)) });
      at = end;
    } else if (next !== '(' && !groupingWords.has(next)) {
      selectors.push({ name: text, matchers: [] });
    }
  }
  return { selectors, groupings };
}

function readMatchers(tokens: readonly string[]): Matcher[] {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [label = '', operator = '', value = ''] = tokens.slice(at, at + 3);
    matchers.push({ label, operator: operator as Matcher['operator'], value: value.slice(1, -1) });
  }
  return matchers;
}
