import { text } from '../../texts/text.js';

/** So many labels are shown in a row. The page of the voice has them all. */
const shown = 3;

/**
 * Labels of a voice. Pressing one lists only the voices that have it. They are buttons of HTML, because thousands of react-aria's
 * take seconds to draw.
 */
export function Labels({
  labels,
  onLabel,
}: {
  labels: Readonly<Record<string, string>>;
  onLabel: (label: string) => void;
}) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return <span className="muted">–</span>;
  return (
    <div className="row voices-labels">
      {entries.slice(0, shown).map(([key, value]) => (
        <button
          type="button"
          key={key}
          className="voices-label table-above"
          aria-label={text('voices.filterByLabel', { label: `${key}:${value}` })}
          onClick={() => onLabel(`${key}:${value}`)}
        >
          <span className="muted">{key}</span> <bdi>{value}</bdi>
        </button>
      ))}
      {entries.length > shown && (
        <span className="muted">{text('voices.moreLabels', { count: entries.length - shown })}</span>
      )}
    </div>
  );
}
