import { Injectable } from '@nestjs/common';
import type { JobLabels } from '../protocol/job.js';
import type { Behaviour, Lapse, Match, Operation, Rule } from './behaviour.js';

/** A rule in force, and how often it was applied. */
export interface StandingRule extends Rule {
  applied: number;
}

type Whose = Pick<JobLabels, 'partner' | 'voice'>;

/** The rules that tests have set. Tests that match different voices do not disturb each other. */
@Injectable()
export class BehaviourBook {
  private standing: StandingRule[] = [];

  list(): readonly StandingRule[] {
    return this.standing;
  }

  /** Sets rules in place of all that have the same match as one of them. */
  set(rules: readonly Rule[]): void {
    const kept = this.standing.filter((old) => !rules.some((rule) => sameMatch(rule.match, old.match)));
    this.standing = [...kept, ...rules.map((rule) => ({ ...rule, applied: 0 }))];
  }

  /** Removes the rules of exactly this match, or all. */
  remove(match: Match | null): void {
    this.standing = match === null ? [] : this.standing.filter((rule) => !sameMatch(rule.match, match));
  }

  /** The lapse that befalls this request, if any; it is used up by being asked for. */
  takeLapse(operation: Operation, whose: Whose): Lapse | null {
    for (const rule of this.standing) {
      const { behaviour } = rule;
      if (!isLapse(behaviour) || behaviour.on !== operation || !applies(rule, whose)) continue;
      rule.applied++;
      return behaviour;
    }
    return null;
  }

  /** What befalls a job that was just accepted; the first rule of each kind counts. */
  takeForJob(whose: Whose): readonly Behaviour[] {
    const taken = new Map<Behaviour['kind'], Behaviour>();
    for (const rule of this.standing) {
      const { behaviour } = rule;
      if (isLapse(behaviour) || taken.has(behaviour.kind) || !applies(rule, whose)) continue;
      rule.applied++;
      taken.set(behaviour.kind, behaviour);
    }
    return [...taken.values()];
  }

  /** Is the rule this behaviour came from still standing? */
  stands(behaviour: Behaviour): boolean {
    return this.standing.some((rule) => rule.behaviour === behaviour);
  }
}

function isLapse(behaviour: Behaviour): behaviour is Lapse {
  return behaviour.kind === 'answer' || behaviour.kind === 'drop';
}

function applies(rule: StandingRule, whose: Whose): boolean {
  return rule.applied < (rule.times ?? Infinity) && matches(rule.match, whose);
}

/** Does a match speak of this partner and voice? */
export function matches({ partner, voice }: Match, whose: Whose): boolean {
  return (partner === undefined || partner === whose.partner) && (voice === undefined || voice === whose.voice);
}

function sameMatch(a: Match, b: Match): boolean {
  return a.partner === b.partner && a.voice === b.voice;
}
