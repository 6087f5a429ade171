import { DropZone, FileTrigger, Text } from 'react-aria-components';
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

/** Takes files that are dropped, pasted or chosen. */
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
  return (
    <DropZone
      className={isSmall ? 'file-drop file-drop-small' : 'file-drop'}
      onDrop={({ items }) => {
        const files = items.filter((item) => item.kind === 'file').map((item) => item.getFile());
        void Promise.all(files).then(give);
      }}
    >
      <Icon name={icon} size={isSmall ? 20 : 28} />
      <Text slot="label" className="file-drop-title">
        {title}
      </Text>
      {!isSmall && <span className="muted">{hint}</span>}
      <FileTrigger
        allowsMultiple={isMultiple}
        acceptedFileTypes={accept}
        onSelect={(files) => give(Array.from(files ?? []))}
      >
        <Button icon="upload">{action}</Button>
      </FileTrigger>
    </DropZone>
  );
}
