import { useState } from 'react';
import { isBusy } from '#libs/client';
import { text } from '../../texts/text.js';
import { Button } from '../../ui/Button.js';
import { Menu, type MenuAction } from '../../ui/Menu.js';
import { bundleBytes, exportBytes, mostInMemory } from '../download/expected-size.js';
import { fileNameOf } from '../download/file-name.js';
import type { Download } from '../download/use-download.js';
import type { SectionProps } from '../section.js';
import { EditDialog } from './EditDialog.js';
import { CancelDialog, DeleteDialog } from './EndDialogs.js';
import { ProgramDialog } from './ProgramDialog.js';

type Opened = 'edit' | 'program' | 'cancel' | 'delete' | undefined;

/** What can be done with a voice as a whole. */
export function VoiceActions({ download, ...section }: SectionProps & { download: Download }) {
  const { voice } = section;
  const [opened, setOpened] = useState<Opened>();
  const isLocked = isBusy(voice);
  const dialog = (name: Opened) => ({ ...section, isOpen: opened === name, onClose: () => setOpened(undefined) });
  return (
    <div className="row voice-actions">
      {isLocked && (
        <Button icon="circleStop" onPress={() => setOpened('cancel')}>
          {text('voice.cancel.action')}
        </Button>
      )}
      <Button icon="pencil" isDisabled={isLocked} onPress={() => setOpened('edit')}>
        {text('voice.edit')}
      </Button>
      <Menu icon="download" label={text('voice.download')} actions={downloadsOf(section, download)} />
      <Menu
        label={text('voice.more')}
        actions={[
          { id: 'program', name: text('voice.program'), icon: 'copy', onAction: () => setOpened('program') },
          {
            id: 'delete',
            name: text('voice.delete'),
            icon: 'trash',
            isDangerous: true,
            onAction: () => setOpened('delete'),
          },
        ]}
      />
      <EditDialog {...dialog('edit')} />
      <ProgramDialog {...dialog('program')} />
      <CancelDialog {...dialog('cancel')} />
      <DeleteDialog {...dialog('delete')} />
    </div>
  );
}

function downloadsOf({ partner, voice }: SectionProps, { start }: Download): readonly MenuAction[] {
  const path = `/api/voices/${encodeURIComponent(partner)}/${voice.id}`;
  const save = (part: string, ending: string, size: number): void =>
    void start({ path: `${path}/${part}`, fileName: fileNameOf(voice.name, ending), isLarge: size > mostInMemory });
  return [
    {
      id: 'bundle',
      name: text('voice.download.samples'),
      icon: 'audioLines',
      isDisabled: voice.samples.length === 0,
      onAction: () => save('samples-bundle', ' samples.zip', bundleBytes(voice)),
    },
    {
      id: 'embedding',
      name: text('voice.download.embedding'),
      icon: 'sparkles',
      isDisabled: voice.embedding_zip_url === null,
      onAction: () => openUrl(voice.embedding_zip_url),
    },
    {
      id: 'export',
      name: text('voice.export'),
      icon: 'archive',
      onAction: () => save('export', '.zip', exportBytes(voice)),
    },
  ];
}

/** A signed URL needs no key, so the browser downloads it by itself. */
function openUrl(url: string | null): void {
  if (url === null) return;
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
