import { Injectable } from '@nestjs/common';
import type { JobLabels } from '../protocol/job.js';
import type { Behaviour, Lapse, Match, Operation, Rule } from './behaviour.js';

/** An active rule, and how often it was applied. */
export interface ActiveRule extends Rule {
  applied: number;
}

type Owner = Pick<JobLabels, 'partner' | 'voice'>;

/** Holds the rules that tests have set. Tests that match different voices do not affect each other. */
@Injectable()
export class BehaviourBook {
  private active: ActiveRule[] = [];

  list(): readonly ActiveRule[] {
    return this.active;
  }

  /** Sets rules. They replace all rules with the same match as one of them. */
  set(rules: readonly Rule[]): void {
    const kept = this.active.filter((old) => !rules.some((rule) => sameMatch(rule.match, old.match)));
    this.active = [...kept, ...rules.map((rule) => ({ ...rule, applied: 0 }))];
  }

  /** Removes the rules with exactly this match; null for all. */
  remove(match: Match | null): void {
    this.active = match === null ? [] : this.active.filter((rule) => !sameMatch(rule.match, match));
  }

  /** Returns the lapse for this request, if any, and counts it as applied. */
  takeLapse(operation: Operation, owner: Owner): Lapse | null {
    for (const rule of this.active) {
      const { behaviour } = rule;
      if (!isLapse(behaviour) || behaviour.on !== operation || !applies(rule, owner)) continue;
      rule.applied++;
      return behaviour;
    }
    return null;
  }

  /** Returns the behaviours for a job that was just accepted, by the first rule of each kind. Counts them as applied. */
  takeForJob(owner: Owner): readonly Behaviour[] {
    const taken = new Map<Behaviour['kind'], Behaviour>();
    for (const rule of this.active) {
      const { behaviour } = rule;
      if (isLapse(behaviour) || taken.has(behaviour.kind) || !applies(rule, owner)) continue;
      rule.applied++;
      taken.set(behaviour.kind, behaviour);
    }
    return [...taken.values()];
  }

  /** True while the rule of this behaviour is set. */
  isActive(behaviour: Behaviour): boolean {
    return this.active.some((rule) => rule.behaviour === behaviour);
  }
}

function isLapse(behaviour: Behaviour): behaviour is Lapse {
  return behaviour.kind === 'answer' || behaviour.kind === 'drop';
}

function applies(rule: ActiveRule, owner: Owner): boolean {
  return rule.applied < (rule.times ?? Infinity) && matches(rule.match, owner);
}

/** True if the match covers this partner and voice. */
export function matches({ partner, voice }: Match, owner: Owner): boolean {
  return (partner === undefined || partner === owner.partner) && (voice === undefined || voice === owner.voice);
}

function sameMatch(a: Match, b: Match): boolean {
  return a.partner === b.partner && a.voice === b.voice;
}
