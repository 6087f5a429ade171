import { useRef, useState } from 'react';
import { useSession } from '../../session/session.js';
import { text } from '../../texts/text.js';
import { IconButton } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { curlLine } from '../download/curl-lines.js';
import type { SectionProps } from '../section.js';

interface ProgramProps extends SectionProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** What a program needs to find a voice, ready to be copied. */
export function ProgramDialog({ partner, voice, isOpen, onClose }: ProgramProps) {
  const { connection } = useSession();
  const url = `${connection.origin}/api/voices/${encodeURIComponent(partner)}/${voice.id}`;
  return (
    <Dialog title={text('voice.program.title')} isOpen={isOpen} onClose={onClose} wide>
      <div className="stack">
        <p className="muted">{text('voice.program.lead')}</p>
        <CopyLine label={text('voice.program.id')} line={voice.id} />
        <CopyLine label={text('voice.program.details')} line={curlLine(url)} />
        <CopyLine
          label={text('voice.program.embedding')}
          line={curlLine(`${url}/embedding?tts_type=${voice.embedding_type}`, 'voice.safetensors')}
        />
        <CopyLine label={text('voice.program.samples')} line={curlLine(`${url}/samples-bundle`, 'samples.zip')} />
        <CopyLine label={text('voice.program.export')} line={curlLine(`${url}/export`, 'voice.zip')} />
      </div>
    </Dialog>
  );
}

function CopyLine({ label, line }: { label: string; line: string }) {
  const shown = useRef<HTMLElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    // Browsers have no clipboard on pages that came over http. The line is selected there, for Ctrl+C.
    if (shown.current) getSelection()?.selectAllChildren(shown.current);
    await navigator.clipboard?.writeText(line);
    setCopied(true);
  };
  return (
    <div>
      <div className="field-label">{label}</div>
      <div className="row copy-line">
        <code ref={shown} className="grow" tabIndex={0}>
          {line}
        </code>
        <IconButton
          icon={isCopied ? 'check' : 'copy'}
          label={text(isCopied ? 'action.copied' : 'action.copy', { name: label })}
          onPress={() => void copy().catch(() => undefined)}
        />
      </div>
    </div>
  );
}
