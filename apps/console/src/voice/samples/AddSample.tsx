import { FileTrigger } from 'react-aria-components';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';

/** Uploads one more sample from a file. */
export function AddSample(props: { isPending: boolean; isDisabled: boolean; onFile: (file: File) => void }) {
  return (
    <FileTrigger
      acceptedFileTypes={['audio/*', 'video/*']}
      onSelect={(files) => {
        const file = files?.[0];
        if (file) props.onFile(file);
      }}
    >
      <Button icon="plus" isPending={props.isPending} isDisabled={props.isDisabled}>
        {text('samples.add')}
      </Button>
    </FileTrigger>
  );
}
