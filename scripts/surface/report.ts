import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
} from '@microsoft/api-extractor'
import type { Entry } from './entries.js'

const run = promisify(execFile)

/** Writes the declarations of the sources, as the build does, so that a report is never made from an old build. */
const declare = (root: string, folder: string) =>
  run(
    process.execPath,
    [
      join(root, 'node_modules/@typescript/native/bin/tsc'),
      ...['-p', 'tsconfig.esm.json', '--emitDeclarationOnly', '--outDir', folder, '--pretty', 'false'],
    ],
    { cwd: root },
  ).catch((error: unknown) => {
    throw new Error(`The declarations cannot be written:\n${Object(error).stdout}`)
  })

const configOf = (root: string, declarations: string, folder: string, { name }: Entry): ExtractorConfig =>
  ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(root, 'tsconfig.esm.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temporary'),
        // What an exported name refers to is part of its signature.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  })

/** Writes the report of each entry point into a folder that is there and empty. */
export const writeReports = async (root: string, entries: readonly Entry[], folder: string): Promise<void> => {
  await mkdir(join(root, 'dist'), { recursive: true })
  const declarations = await mkdtemp(join(root, 'dist/declarations-'))
  try {
    await declare(root, declarations)
    const configs = entries.map((entry) =>
      configOf(root, join(declarations, entry.declarations.replace(/^dist\/esm\//, '')), folder, entry),
    )
    const [first, ...others] = configs
    if (first === undefined) throw new Error('The package has no entry point.')
    const additionalEntryPoints = others.map((config) => config.mainEntryPointFilePath)
    const compilerState = CompilerState.create(first, { additionalEntryPoints })
    for (const config of configs) extract(config, compilerState)
  } finally {
    await rm(declarations, { recursive: true })
    await rm(join(folder, 'temporary'), { recursive: true, force: true })
  }
}

const extract = (config: ExtractorConfig, compilerState: CompilerState): void => {
  const errors: string[] = []
  const messageCallback = (message: ExtractorMessage) => {
    if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text)
    message.handled = true
  }
  const { succeeded } = Extractor.invoke(config, { compilerState, localBuild: true, messageCallback })
  if (!succeeded) throw new Error(errors.join('\n'))
}

/** What differs between two folders of reports, as `git diff` prints it; nothing if they are the same. */
export const differenceOf = async (before: string, after: string): Promise<string> => {
  try {
    await run('git', ['diff', '--no-index', '--no-color', '--', before, after], { maxBuffer: 2 ** 26 })
    return ''
  } catch (error) {
    const { code, stdout } = Object(error)
    if (code !== 1) throw error
    return stdout
  }
}
