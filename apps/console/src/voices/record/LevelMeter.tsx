import { useEffect, useRef, useState } from 'react';
import { text } from '../../texts/text.js';
import { Note } from '../../ui/notes.js';
import { silentLevel } from './microphone.js';
import type { Recorder } from './recorder.js';

const silenceMs = 4000;

/** Shows how loud the microphone hears somebody, and says if it hears nothing. */
export function LevelMeter({ recorder }: { recorder: Recorder }) {
  const fill = useRef<HTMLDivElement>(null);
  const [isSilent, setSilent] = useState(false);
  useEffect(() => {
    let heardAt = performance.now();
    let frame = requestAnimationFrame(function draw(now) {
      const level = recorder.level();
      if (level > silentLevel) heardAt = now;
      setSilent(now - heardAt > silenceMs);
      if (fill.current) fill.current.style.scale = `${level.toFixed(3)} 1`;
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [recorder]);
  return (
    <div className="stack">
      <div className="record-level" aria-hidden="true">
        <div ref={fill} className="record-level-fill" />
      </div>
      {isSilent && <Note tone="fair">{text('record.silent')}</Note>}
    </div>
  );
}
