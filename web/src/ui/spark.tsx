// SPDX-License-Identifier: Apache-2.0
/** The small curve of the last ten minutes on a meter's card. Decoration: the figure stands beside it. */
import { useEffect, useReducer } from 'preact/hooks';
import { seedTrace, traceOf, type Point } from '../state/trace';

const width = 120;
const height = 34;

/** The path of points in the box, time to the right; empty with fewer than two points. */
export function sparkPath(points: readonly Point[]): string {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length < 2) return '';
  const span = Math.max(15_000, last.ts - first.ts);
  const start = last.ts - span;
  const top = Math.max(2000, ...points.map((point) => point.dw)) * 1.05;
  const place = (point: Point): string => {
    const x = ((point.ts - start) / span) * width;
    const y = height - 1.5 - (Math.max(0, point.dw) / top) * (height - 4);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  return `M${points.map(place).join('L')}`;
}

export function Spark({ number }: { number: string }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    void seedTrace(number).then(() => redraw(undefined));
  }, [number]);
  const path = sparkPath(traceOf(number));
  const start = /^M([\d.]+)/.exec(path)?.[1] ?? '0';
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {path && <path class="spark-fill" d={`${path}L${width} ${height}L${start} ${height}Z`} />}
      {path && <path class="spark-line" d={path} vector-effect="non-scaling-stroke" />}
    </svg>
  );
}
