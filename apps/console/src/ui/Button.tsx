import { Button as AriaButton, type ButtonProps as AriaProps, Tooltip, TooltipTrigger } from 'react-aria-components';
import { useEffect, useId, type ReactNode } from 'react';
import { Icon, type IconName } from './Icon.js';
import './button.css';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger';

interface ButtonProps extends Omit<AriaProps, 'className' | 'children'> {
  readonly kind?: Kind;
  readonly icon?: IconName;
  readonly children: ReactNode;
}

/** A button with a word on it. While `isPending` it shows that something is under way, and cannot be pressed. */
export function Button({ kind = 'plain', icon, children, ...props }: ButtonProps) {
  const id = useId();
  useEffect(() => () => forgetAnnouncement(id), [id]);
  return (
    <AriaButton id={id} {...props} className={`button button-${kind}`}>
      {props.isPending ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={16} />}
      <span>{children}</span>
    </AriaButton>
  );
}

/**
 * Removes what react-aria announces of a button that has gone. It announces that a button is pending by the button's id, and
 * keeps that for 7 s; meanwhile it would be an image without a name.
 */
function forgetAnnouncement(id: string): void {
  for (const said of document.querySelectorAll(`[data-live-announcer] [aria-labelledby~="${id}"]`)) said.remove();
}

interface IconButtonProps extends Omit<AriaProps, 'className' | 'children' | 'aria-label'> {
  readonly icon: IconName;
  /** What it does. Screen readers say it, and it is shown beside the pointer. */
  readonly label: string;
  readonly filled?: boolean;
  readonly kind?: Kind;
}

/** A button that shows only an icon. */
export function IconButton({ icon, label, filled = false, kind = 'quiet', ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...props} aria-label={label} className={`button button-icon button-${kind}`}>
        <Icon name={icon} filled={filled} />
      </AriaButton>
      <Tooltip className="tooltip" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
