/** The parts of React that the plugin uses; Swagger UI brings React itself. */
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

interface ResponseProps {
  readonly code: string;
  /** The answer of a request that succeeds. */
  readonly isDefault: boolean;
  readonly className?: string;
  readonly response: { get(name: 'description'): string | undefined };
}

/**
 * A plugin for Swagger UI that fits it to Timbre.
 *
 * - Plays audio from the bytes that were answered. Swagger UI gives the URL to its player, which then sends no
 *   `X-Api-Key` header.
 * - Shows every answer but the usual one as a line, which opens with a click.
 * - Puts the cursor into the first field of Authorize. Each field asks for it, so that the last one gets it.
 *
 * Runs in the browser: its text is sent there, so it must not use anything outside of itself.
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

  function withPlayer(Original: unknown) {
    return function ResponseBody(props: ResponseBodyProps): unknown {
      const { content, contentType = '' } = props;
      const isAudio = content instanceof Blob && contentType.startsWith('audio/');
      return create(React.Fragment, null, isAudio && create(Player, { content }), create(Original, props));
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

  function withFirstFieldFocused(Original: unknown) {
    return function AuthorizationPopup(props: object): unknown {
      const element = React.useRef<ElementParts | null>(null);
      React.useEffect(() => void element.current?.querySelector('input')?.focus(), []);
      return create('div', { ref: element }, create(Original, props));
    };
  }

  return {
    wrapComponents: {
      responseBody: withPlayer,
      response: withOthersClosed,
      authorizationPopup: withFirstFieldFocused,
    },
  };
}
