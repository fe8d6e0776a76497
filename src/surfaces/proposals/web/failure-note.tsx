import X from 'lucide-react/icons/x';
import { Button } from '../../../ui/button.tsx';

/** What somebody asked for and could not be done; stays until it is read. */
export function FailureNote({ text, onClose }: { readonly text: string | undefined; readonly onClose: () => void }) {
  if (text === undefined) return null;
  return (
    <div className="flex items-center gap-2 border-b border-line bg-bad-ground py-1 pr-2 pl-4 text-bad">
      <p role="alert" className="min-w-0 [overflow-wrap:anywhere]">
        {text}
      </p>
      <Button look="ghost" isIcon className="ml-auto text-bad" aria-label="Dismiss" onClick={onClose}>
        <X size={16} aria-hidden />
      </Button>
    </div>
  );
}
