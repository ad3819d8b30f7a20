// SPDX-License-Identifier: Apache-2.0
/** A curve over time, drawn by uPlot in the colours of the page; redrawn when those change. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Curve {
  /** Seconds since 1970, rising. */
  times: readonly number[];
  /** null breaks the line. */
  values: readonly (number | null)[];
}

interface ChartProps {
  curve: Curve;
  /** Seconds since 1970: what the axis shows. */
  from: number;
  to: number;
  colour: string;
  height: number;
  /** Writes a value on the axis and beside the cursor. */
  write(value: number): string;
  language: string;
  /** Curves with the same name share the cursor. */
  sync?: string;
  zero?: boolean;
  stepped?: boolean;
  label: string;
}

function styleOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLOutputElement>(null);
  const plot = useRef<uPlot | null>(null);
  const now = useRef(props);
  now.current = props;

  useEffect(() => {
    const element = place.current!;
    const time = (seconds: number): string => new Intl.DateTimeFormat(now.current.language, {
      hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(now.current.to - now.current.from < 600 ? { second: '2-digit' } : {}),
    }).format(seconds * 1000);

    const build = (): void => {
      plot.current?.destroy();
      const ink = styleOf(element, '--soft');
      const grid = styleOf(element, '--line');
      const colour = styleOf(element, props.colour);
      const font = `12px ${styleOf(element, '--font')}`;
      const axis = { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
      const options: uPlot.Options = {
        width: Math.max(120, element.clientWidth),
        height: props.height,
        legend: { show: false },
        padding: [12, 18, 0, 0],
        cursor: {
          y: false,
          points: { size: 9, width: 2, fill: styleOf(element, '--card') },
          drag: { x: false, y: false },
          ...(props.sync ? { sync: { key: props.sync, setSeries: false } } : {}),
        },
        scales: {
          x: { time: true, range: () => [now.current.from, now.current.to] },
          y: {
            range: (_, low, high) => {
              if (low == null || high == null) return [0, 1];
              const bottom = now.current.zero ? Math.min(0, low) : low;
              const span = high - bottom || Math.abs(high) || 1;
              return [bottom === 0 ? 0 : bottom - span * 0.1, high + span * 0.12];
            },
          },
        },
        axes: [
          { ...axis, space: 84, size: 30, grid: { show: false }, values: (_, splits) => splits.map(time) },
          { ...axis, space: 36, size: (_, values) => 12 + Math.max(24, ...(values ?? []).map((value) => value.length * 7.2)), values: (_, splits) => splits.map((value) => now.current.write(value)) },
        ],
        series: [
          {},
          {
            stroke: colour, width: 2, points: { show: false },
            fill: (u) => {
              const shade = u.ctx.createLinearGradient(0, u.bbox.top, 0, u.bbox.top + u.bbox.height);
              shade.addColorStop(0, `${colour}38`);
              shade.addColorStop(1, `${colour}05`);
              return shade;
            },
            ...(props.stepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
          },
        ],
        hooks: {
          setCursor: [(u) => {
            const index = u.cursor.idx;
            const value = index == null ? null : u.data[1]?.[index];
            const output = tip.current;
            if (!output) return;
            if (index == null || value == null) {
              output.hidden = true;
              return;
            }
            output.hidden = false;
            const clock = new Intl.DateTimeFormat(now.current.language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
            output.textContent = `${clock.format(u.data[0][index]! * 1000)}  ${now.current.write(value)}`;
          }],
        },
      };
      const { times, values } = now.current.curve;
      plot.current = new uPlot(options, [times as number[], values as (number | null)[]], element);
    };

    build();
    const resize = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (plot.current && width > 0 && width !== plot.current.width) plot.current.setSize({ width, height: props.height });
    });
    resize.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', build);
    return () => {
      resize.disconnect();
      scheme.removeEventListener('change', build);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [props.colour, props.height, props.language]);

  useEffect(() => {
    plot.current?.setData([props.curve.times as number[], props.curve.values as (number | null)[]]);
  }, [props.curve, props.from, props.to]);

  return (
    <div class="chart" role="img" aria-label={props.label}>
      <output class="chart-tip" ref={tip} hidden aria-hidden="true" />
      <div ref={place} />
    </div>
  );
}
