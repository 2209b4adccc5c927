import type { Output, Progress } from './output.js'

/** Shows work that has several steps, each with its own total. */
export interface Steps<Step extends string> {
  /** So much of a step is done. */
  readonly report: (progress: { readonly step: Step; readonly done: number; readonly total: number }) => void
  /** Clears what is shown. */
  readonly end: () => void
}

/** Shows the steps of something by their labels. */
export const showSteps = <Step extends string>(output: Output, labels: Readonly<Record<Step, string>>): Steps<Step> => {
  let shown: { readonly step: Step; readonly progress: Progress } | undefined
  const begin = (step: Step, total: number): Progress => {
    shown?.progress.end()
    const progress = output.progress(labels[step], total)
    shown = { step, progress }
    return progress
  }
  return {
    report: ({ step, done, total }) => {
      const progress = shown?.step === step ? shown.progress : begin(step, total)
      progress.done(done)
    },
    end: () => shown?.progress.end(),
  }
}
