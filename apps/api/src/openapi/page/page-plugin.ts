/** The parts of React that the plugin uses. Swagger UI contains React. */
interface ReactParts {
  readonly Fragment: unknown;
  readonly createElement: (type: unknown, props: object | null, ...children: readonly unknown[]) => unknown;
  useState<T>(initial: T): [value: T, set: (next: T) => void];
  useEffect(effect: () => undefined | (() => void), dependencies: readonly unknown[]): void;
  useRef<T>(initial: T): { current: T };
}

interface ElementParts {
  querySelector(selector: string): { focus(): void } | null;
}

interface ResponseBodyProps {
  readonly content: unknown;
  readonly contentType?: string;
}

/** The parts of voice details that name audio. */
interface DetailsParts {
  readonly original_url?: string | null;
  readonly samples?: readonly {
    readonly index: number;
    readonly source_timestamp: string | null;
    readonly url?: string;
  }[];
  readonly embedding_info?: {
    readonly test_samples: readonly {
      readonly sample_index: number;
      readonly sentence_index: number;
      readonly url?: string;
    }[];
    readonly test_sentences?: readonly string[];
  } | null;
}

/** Something to listen to. */
interface Audible {
  readonly label: string;
  /** What is said. */
  readonly note?: string | undefined;
  readonly url: string;
}

interface PageParts {
  readonly location: { readonly pathname: string };
}

interface EmptyValueProps {
  /** Of a field in a body. */
  readonly isIncludedOptions?: { readonly key?: string };
}

interface ResponseProps {
  readonly code: string;
  /** Whether this is the answer to a successful request. */
  readonly isDefault: boolean;
  readonly className?: string;
  readonly response: { get(name: 'description'): string | undefined };
}

/**
 * A plugin that adapts Swagger UI to Timbre.
 *
 * - Plays audio from the received bytes. Swagger UI's own player fetches the URL again, without the `X-Api-Key` header.
 * - Plays what the signed URLs in voice details name, which need no key.
 * - Shows each documented failure as one line that opens with a click.
 * - Leaves out fields that are empty. Swagger UI sends them, and only `sample_index` may be empty: that clears it.
 * - Replaces references by itself. All of ours point into the description, and Swagger UI, which walks through all of it for
 *   each operation that is opened, took a second for that.
 * - Focuses the first field of Authorize. Without this the last field gets the focus, because each field asks for it.
 *
 * Runs in the browser. The source of this function is sent there, so it must not use anything outside itself.
 */
export function pagePlugin({ React }: { readonly React: ReactParts }): object {
  const create = React.createElement;

  function Player({ content }: { readonly content: Blob }): unknown {
    const [url, setUrl] = React.useState('');
    React.useEffect(() => {
      const made = URL.createObjectURL(content);
      setUrl(made);
      return () => URL.revokeObjectURL(made);
    }, [content]);
    return url === '' ? null : create('audio', { controls: true, src: url });
  }

  /** Returns everything in voice details that can be heard. */
  function audible(details: DetailsParts): readonly Audible[] {
    const { original_url: original, samples = [], embedding_info: embedding } = details;
    const all = [
      { label: 'Original', url: original },
      ...samples.map(({ index, source_timestamp: start, url }) => ({
        label: `Sample ${index}${start ? ` (from ${start})` : ''}`,
        url,
      })),
      ...(embedding?.test_samples ?? []).map(({ sample_index: sample, sentence_index: sentence, url }) => ({
        label: `Test sample of sample ${sample}, sentence ${sentence}`,
        note: embedding?.test_sentences?.[sentence - 1],
        url,
      })),
    ];
    return all.filter((each): each is Audible => typeof each.url === 'string');
  }

  function audibleIn(content: unknown, contentType: string): readonly Audible[] {
    if (typeof content !== 'string' || !contentType.startsWith('application/json')) return [];
    try {
      return audible(JSON.parse(content) as DetailsParts);
    } catch {
      return [];
    }
  }

  /** The page may be open at another address than the URLs name, and its policy allows audio from its own only. */
  function ownUrl(url: string): string {
    const { pathname } = (globalThis as unknown as PageParts).location;
    return `${pathname.replace(/\/docs(\/.*)?$/, '')}/objects/${url.split('/').pop() ?? ''}`;
  }

  function Listen({ audios }: { readonly audios: readonly Audible[] }): unknown {
    const rows = audios.map(({ label, note, url }) =>
      create(
        'li',
        { key: label },
        create('a', { href: ownUrl(url), target: '_blank', rel: 'noreferrer' }, label),
        note !== undefined && create('q', null, note),
        create('audio', { controls: true, preload: 'none', src: ownUrl(url) }),
      ),
    );
    return create('ul', { className: 'listen' }, ...rows);
  }

  function withPlayer(Original: unknown) {
    return function ResponseBody(props: ResponseBodyProps): unknown {
      const { content, contentType = '' } = props;
      const isAudio = content instanceof Blob && contentType.startsWith('audio/');
      const audios = audibleIn(content, contentType);
      return create(
        React.Fragment,
        null,
        isAudio && create(Player, { content }),
        audios.length > 0 && create(Listen, { audios }),
        create(Original, props),
      );
    };
  }

  function withOthersClosed(Original: unknown) {
    return function Response(props: ResponseProps): unknown {
      const [isOpen, setOpen] = React.useState(false);
      if (props.isDefault) return create(Original, props);
      const button = create(
        'button',
        { type: 'button', 'aria-expanded': isOpen, onClick: () => setOpen(!isOpen) },
        props.response.get('description'),
      );
      const line = create(
        'tr',
        { className: `response closed-response ${props.className ?? ''}` },
        create('td', { className: 'response-col_status' }, props.code),
        create('td', { className: 'response-col_description', colSpan: 2 }, button),
      );
      return create(React.Fragment, null, line, isOpen && create(Original, props));
    };
  }

  /** Swagger UI's choice to send an empty value is on at first, for every optional field that has it. */
  function onlyWhereEmptyClears(Original: unknown) {
    return function ParameterIncludeEmpty(props: EmptyValueProps): unknown {
      return props.isIncludedOptions?.key === 'sample_index' ? create(Original, props) : null;
    };
  }

  function withFirstFieldFocused(Original: unknown) {
    return function AuthorizationPopup(props: object): unknown {
      const element = React.useRef<ElementParts | null>(null);
      React.useEffect(() => {
        element.current?.querySelector('input')?.focus();
      }, []);
      return create('div', { ref: element }, create(Original, props));
    };
  }

  /**
   * Merges `allOf` too, because the page shows no type and no choices of what has it.
   *
   * @param within the references that lead here: a description that contains itself keeps its reference
   */
  function resolved(part: unknown, whole: object, within: readonly string[] = []): unknown {
    if (Array.isArray(part)) return part.map((each) => resolved(each, whole, within));
    if (typeof part !== 'object' || part === null) return part;
    const { $ref: reference } = part as { readonly $ref?: unknown };
    if (typeof reference !== 'string') {
      const { allOf = [], ...own } = Object.fromEntries(
        Object.entries(part).map(([key, each]) => [key, resolved(each, whole, within)]),
      ) as { readonly allOf?: readonly object[] };
      return Object.assign({}, ...allOf, own) as object;
    }
    if (within.includes(reference)) return part;
    const target = partAt(whole, reference.slice('#/'.length).split('/'));
    return resolved(target, whole, [...within, reference]);
  }

  function partAt(whole: object, path: readonly string[]): unknown {
    return path.reduce((part: unknown, key) => (part as Record<string, unknown> | undefined)?.[key], whole);
  }

  return {
    fn: {
      resolveSubtree: (whole: object, path: readonly string[]) =>
        Promise.resolve({ spec: resolved(partAt(whole, path), whole), errors: [] }),
    },
    wrapComponents: {
      responseBody: withPlayer,
      response: withOthersClosed,
      authorizationPopup: withFirstFieldFocused,
      ParameterIncludeEmpty: onlyWhereEmptyClears,
    },
  };
}
