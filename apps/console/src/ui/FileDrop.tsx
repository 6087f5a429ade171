import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Button } from './Button.js';
import { Icon, type IconName } from './Icon.js';
import './file-drop.css';

interface FileDropProps {
  readonly icon: IconName;
  /** What to drop here. */
  readonly title: string;
  readonly hint: string;
  readonly action: string;
  /** File types that the browser offers first, for example `audio/*`. */
  readonly accept: readonly string[];
  readonly isMultiple?: boolean;
  /** Takes one line, where something has been chosen already. */
  readonly isSmall?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Takes files that are dropped or chosen. */
export function FileDrop({
  icon,
  title,
  hint,
  action,
  accept,
  isMultiple = false,
  isSmall = false,
  onFiles,
}: FileDropProps) {
  const give = (files: readonly File[]): void => {
    if (files.length > 0) onFiles(isMultiple ? files : files.slice(0, 1));
  };
  const [isOver, setOver] = useState(false);
  return (
    <div
      className={isSmall ? 'file-drop file-drop-small' : 'file-drop'}
      data-drop-target={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault(); // otherwise the browser opens the file
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        give(Array.from(event.dataTransfer.files));
      }}
    >
      <Icon name={icon} size={isSmall ? 20 : 28} />
      <span className="file-drop-title">{title}</span>
      {!isSmall && <span className="muted">{hint}</span>}
      <FileTrigger
        allowsMultiple={isMultiple}
        acceptedFileTypes={accept}
        onSelect={(files) => give(Array.from(files ?? []))}
      >
        <Button icon="upload">{action}</Button>
      </FileTrigger>
    </div>
  );
}
