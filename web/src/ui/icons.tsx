// SPDX-License-Identifier: Apache-2.0
/** The mark of Latchkey and the icons, drawn on a 24-unit grid with one stroke. All are decoration: text stands beside. */

/** The mark: a key whose bit is a lightning bolt. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="9" />
      <circle class="mark-key" cx="10.8" cy="16" r="4.6" fill="none" stroke-width="2.8" />
      <path class="mark-bit" d="M15.4 14.7h5.1l1.7-4.9 5.6 0-2.3 4.2h3.2l-8.9 9.2 1.9-5.8h-6.3z" />
    </svg>
  );
}

const paths = {
  site: 'M4 11.5 12 4l8 7.5M6 10v9.5h12V10M10 19.5V14h4v5.5',
  sale: 'M6 3.5h12v17l-2.4-1.6-2.4 1.6-2.4-1.6-2.4 1.6L6 20.5zM9.5 8.5h5M9.5 12.5h5',
  bell: 'M6.5 10a5.5 5.5 0 0 1 11 0c0 5 2 6.5 2 6.5h-15s2-1.5 2-6.5M10 19.5a2.2 2.2 0 0 0 4 0',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.5a3.3 3.3 0 0 1 0 6.3M18 14.5c2 .8 3.5 2.7 3.5 5.5',
  tag: 'M12.5 3.5H20V11l-9 9-7.5-7.5zM16 7.8v.1',
  book: 'M5 4.5h6c.6 0 1 .4 1 1v14c0-.6-.4-1-1-1H5zM19 4.5h-6c-.6 0-1 .4-1 1v14c0-.6.4-1 1-1h6z',
  more: 'M4.5 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M17.5 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0',
  globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5l5 5',
  cards: 'M4 4.5h6.5v6.5H4zM13.5 4.5H20v6.5h-6.5zM4 14h6.5v6H4zM13.5 14H20v6h-6.5z',
  key: 'M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M12.5 12H21v4.5M17 12v3.5',
  save: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14',
  rows: 'M4 6.5h16M4 12h16M4 17.5h16',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1',
  print: 'M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6.5H7z',
  back: 'M19.5 12h-15M10.5 6l-6 6 6 6',
  plus: 'M12 5v14M5 12h14',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.1',
  silent: 'M3 9.5a13 13 0 0 1 4-2.5M21 9.5a13 13 0 0 0-9-3.5M6.5 13.5a8 8 0 0 1 3.5-2M17.5 13.5a8 8 0 0 0-2.5-1.7M12 18v.1M4 3.5l16 17',
  out: 'M14 4.5H5v15h9M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5',
  phone: 'M7.5 3h9v18h-9zM11 18h2',
  again: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4',
  bolt: 'M13 3 5.5 13.5H11L10 21l8-11h-5.5z',
  power: 'M12 3.5v8M7.2 6.5a7.5 7.5 0 1 0 9.6 0',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** A contact as it is drawn in circuit diagrams: closed, or lifted. */
export function Contact({ closed }: { closed: boolean }) {
  return (
    <svg class="contact" width="22" height="12" viewBox="0 0 22 12" aria-hidden="true" focusable="false">
      <path d="M1 8.5h4M17 8.5h4" />
      <path class="contact-arm" d={closed ? 'M5 8.5h12' : 'M5 8.5 15.5 2.5'} />
      <circle cx="5" cy="8.5" r="1.5" />
      <circle cx="17" cy="8.5" r="1.5" />
    </svg>
  );
}
