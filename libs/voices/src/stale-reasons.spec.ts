import { describe, expect, it } from '@jest/globals';
import { staleReasons, type ComparedRun, type PresentState } from './stale-reasons.js';

const engine = { name: 'pocket-tts', version: '4.0.1', model: 'english_6l', revision: '3f1c9a2', scorer: 'wavlm' };
const french = { ...engine, model: 'french_24l', revision: '77aa' };
const run: ComparedRun = { samplesChanged: false, engine, language: 'en' };
const now: PresentState = { language: 'en', engine, engineOfLanguage: engine };

describe('staleReasons', () => {
  it.each<[string, Partial<ComparedRun>, Partial<PresentState>, readonly string[]]>([
    ['nothing while everything is the same', {}, {}, []],
    ['changed samples', { samplesChanged: true }, {}, ['samples_changed']],
    ['another version', {}, { engine: { ...engine, version: '5' } }, ['engine_changed']],
    ['another engine', {}, { engine: { ...engine, name: 'other' } }, ['engine_changed']],
    ['another model of the language', {}, { engineOfLanguage: { ...engine, model: 'english_9l' } }, ['engine_changed']],
    ['another revision', {}, { engineOfLanguage: { ...engine, revision: '0' } }, ['engine_changed']],
    ['nothing for another scorer', {}, { engine: { ...engine, scorer: 'other' } }, []],
    ['nothing for the model of another language', {}, { engine: french }, []],
    ['nothing for an engine that is not known', { engine: null }, { engine: { ...engine, version: '5' } }, []],
    ['nothing before the first report', {}, { engine: null, engineOfLanguage: null }, []],
    ['another language', {}, { language: 'fr' }, ['language_changed']],
    ['nothing for a language that is not known', { language: null }, { language: 'fr' }, []],
    [
      'all reasons, in this order',
      { samplesChanged: true },
      { language: 'fr', engine: { ...engine, version: '5' } },
      ['samples_changed', 'engine_changed', 'language_changed'],
    ],
  ])('returns %s', (_what, ofRun, ofNow, reasons) => {
    expect(staleReasons({ ...run, ...ofRun }, { ...now, ...ofNow })).toEqual(reasons);
  });
});
