import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Button, IconButton } from './Button.js';
import { Icon, type IconName } from './Icon.js';
import './fields.css';

export interface MenuAction {
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  readonly onAction: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly actions: readonly MenuAction[];
  /** Shows the label on the button, with this icon. */
  readonly icon?: IconName;
}

/** More actions behind one button. */
export function Menu({ label, actions, icon }: MenuProps) {
  return (
    <MenuTrigger>
      {icon === undefined ? <IconButton icon="ellipsis" label={label} /> : <Button icon={icon}>{label}</Button>}
      <Popover className="popover" placement="bottom end">
        <AriaMenu className="listbox" items={actions} aria-label={label}>
          {({ id, name, icon, isDangerous = false, isDisabled = false, onAction }: MenuAction) => (
            <MenuItem
              id={id}
              isDisabled={isDisabled}
              onAction={onAction}
              className={isDangerous ? 'listbox-item listbox-item-danger' : 'listbox-item'}
            >
              <Icon name={icon} size={16} />
              {name}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
