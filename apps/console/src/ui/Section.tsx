import { useId, type ReactNode } from 'react';
import './section.css';

interface SectionProps {
  readonly title: string;
  /** Beside the title: what can be done with the whole section. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with a heading of its own, which screen readers list. */
export function Section({ title, actions, children }: SectionProps) {
  const heading = useId();
  return (
    <section className="card stack" aria-labelledby={heading}>
      <div className="row spread section-head">
        <h2 id={heading}>{title}</h2>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Facts with their names. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(({ name, value }) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
