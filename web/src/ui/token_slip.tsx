// SPDX-License-Identifier: Apache-2.0
/** Tokens to be keyed in one after the other: the sections of a key change, then the token itself. */
import { groupToken } from '../format';
import { useWords } from '../i18n';

function Digits({ token }: { token: string }) {
  return <p class="token" data-token={token}>{groupToken(token).split(' ').map((group, index) => <span key={index}>{group}{index < 4 ? ' ' : ''}</span>)}</p>;
}

/** The digits, for a ticket. */
export function TokenDigits({ keyChange, token }: { keyChange: readonly string[]; token: string }) {
  const words = useWords();
  return (
    <>
      {keyChange.map((section, index) => (
        <div key={section} class="ticket-section">
          <p class="eyebrow">{words('key_section', { step: index + 1 })}</p>
          <Digits token={section} />
        </div>
      ))}
      {token !== '' && (
        <>
          <p class="eyebrow">{keyChange.length > 0 ? words('token_after_key', { step: keyChange.length + 1 }) : words('token')}</p>
          <Digits token={token} />
        </>
      )}
    </>
  );
}

export function TokenSlip({ keyChange, token }: { keyChange: readonly string[]; token: string }) {
  return <div class="ticket"><TokenDigits keyChange={keyChange} token={token} /></div>;
}
