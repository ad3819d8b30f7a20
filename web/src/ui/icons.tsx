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
  bell: 'M6.5 10a5.5 5.5 0 0 1 11 0c0 5 2 6.5 2 6.5h-15s2-1.500 2-6.500M10 19.500a2.200 2.200 0 0 0 4 0',
  people: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M2.500 20c0-3.600 2.900-6 6.500-6s6.500 2.400 6.500 6M16 4.500a3.300 3.300 0 0 1 0 6.300M18 14.500c2 .8 3.500 2.700 3.500 5.500',
  tag: 'M12.500 3.500H20V11l-9 9-7.500-7.500zM16 7.800v.1',
  book: 'M5 4.500h6c.6 0 1 .4 1 1v14c0-.6-.4-1-1-1H5zM19 4.500h-6c-.6 0-1 .4-1 1v14c0-.6.4-1 1-1h6z',
  more: 'M5.500 12h.1M12 12h.1M18.500 12h.1',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13M15.500 15.500l5 5',
  cards: 'M4 4.500h6.500v6.500H4zM13.500 4.500H20v6.500h-6.500zM4 14h6.500v6H4zM13.500 14H20v6h-6.500z',
  rows: 'M4 6.500h16M4 12h16M4 17.500h16',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h10.500v10.500H9zM5.500 15H4.500V4.500H15v1',
  print: 'M7 9V4h10v5M7 17H4.500V9h15v8H17M7 14h10v6.500H7z',
  back: 'M19.500 12h-15M10.500 6l-6 6 6 6',
  plus: 'M12 5v14M5 12h14',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  warn: 'M12 4 2.800 19.500h18.400zM12 10v4.500M12 17v.1',
  silent: 'M3 9.500a13 13 0 0 1 4-2.500M21 9.500a13 13 0 0 0-9-3.500M6.500 13.500a8 8 0 0 1 3.500-2M17.500 13.500a8 8 0 0 0-2.500-1.700M12 18v.1M4 3.500l16 17',
  out: 'M14 4.500H5v15h9M10 12h10.500M17 8.500l3.500 3.500-3.500 3.500',
  phone: 'M7.500 3h9v18h-9zM11 18h2',
  again: 'M19.500 12a7.500 7.500 0 1 1-2.300-5.400M19.500 3.500v4h-4',
  bolt: 'M13 3 5.500 13.500H11L10 21l8-11h-5.500z',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12M12 14.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600',
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
      <path d="M1 8.500h4M17 8.500h4" />
      <path class="contact-arm" d={closed ? 'M5 8.500h12' : 'M5 8.500 15.500 2.500'} />
      <circle cx="5" cy="8.500" r="1.500" />
      <circle cx="17" cy="8.500" r="1.500" />
    </svg>
  );
}
