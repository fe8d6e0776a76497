import type { LucideIcon } from 'lucide-react';
import Activity from 'lucide-react/icons/activity';
import File from 'lucide-react/icons/file';
import FolderGit2 from 'lucide-react/icons/folder-git-2';
import Gauge from 'lucide-react/icons/gauge';
import Hash from 'lucide-react/icons/hash';
import House from 'lucide-react/icons/house';
import MessageSquare from 'lucide-react/icons/message-square';
import Scale from 'lucide-react/icons/scale';
import ScrollText from 'lucide-react/icons/scroll-text';
import Users from 'lucide-react/icons/users';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  '/': House,
  '/ops': Gauge,
  '/messages': MessageSquare,
  '/channels': Hash,
  '/users': Users,
  '/events': Activity,
  '/reconciliation': Scale,
  '/projects': FolderGit2,
  '/audit': ScrollText,
};

/** What stands for a page in the collapsed sidebar. A page that is not listed gets a plain one. */
export function pageIcon(path: string): LucideIcon {
  return ICONS[path] ?? File;
}
