// The language server: protocol only; what it answers comes from language/, what it needs of the world from its host.

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  createConnection,
  ErrorCodes,
  MarkupKind,
  MessageType,
  ProposedFeatures,
  type Diagnostic as ProtocolDiagnostic,
  type Range,
  ResponseError,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Diagnostic } from '../diagnostic/diagnostic.js'
import type { Analysis } from '../language/analysis.js'
import { complete, type Surroundings } from '../language/complete.js'
import { hover } from '../language/hover.js'
import { definitionOf, type NameUse, nameAt, namesIn, referencesOf, rename } from '../language/names.js'
import { foldsOf, outlineOf } from '../language/outline.js'
import type { IncludedFiles } from '../script/include.js'
import type { Script as StoryScript } from '../script/types.js'
import type { Shot, Storyboard } from '../story/types.js'
import type { Vocabulary } from '../story/vocabulary.js'
import { completionOf, diagnosticOf, rangeOf, symbolOf } from './convert.js'
import { analysisCache, pathOf, type Script } from './documents.js'

/** What the server needs of the world. */
export type LanguageHost = {
  vocabulary(): Promise<Vocabulary | null>
  surroundings(): Promise<Surroundings>
  /** The files that a script includes, and theirs. */
  included(text: string, file: string): Promise<IncludedFiles>
  /** What is wrong with the files that a script names. */
  aboutFiles(script: StoryScript): Promise<Diagnostic[]>
  /** URI of the shot's first picture when it has been painted already. */
  pictureOf(storyboard: Storyboard, shot: Shot): Promise<string | null>
  /** Renders the shot on a line (from 1) of a file; tells what it does; gives the film's path. */
  renderShot(
    file: string,
    line: number,
    onProgress: (words: string) => void,
    signal: AbortSignal,
  ): Promise<string>
}

export const RENDER_SHOT = 'storyreel.renderShot'
const CHECK_DELAY_MS = 150

type Place = { textDocument: { uri: string }; position: { line: number; character: number } }

/** Serves one client over a pair of streams until it says goodbye or goes away; then gives the exit code. */
export function serve(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  host: LanguageHost,
): Promise<number> {
  const connection = createConnection(ProposedFeatures.all, input, output)
  const documents = new TextDocuments(TextDocument)
  let vocabulary: Vocabulary | null = null
  let surroundings: Surroundings = { models: [], interpolations: [], depths: [] }
  let canShowProgress = false
  const included = new Map<string, IncludedFiles>()
  const analyses = analysisCache(
    () => vocabulary,
    (uri) => included.get(uri),
  )
  const timers = new Map<string, NodeJS.Timeout>()
  const ending = new AbortController()

  const scriptAt = (uri: string): Script | null => {
    const document = documents.get(uri)
    return document ? analyses.of(document) : null
  }
  /** The script, and the offset and name at a place of it. */
  const at = ({ textDocument, position }: Place) => {
    const script = scriptAt(textDocument.uri)
    if (script === null) return null
    const offset = script.document.offsetAt(position)
    const uses = namesIn(script.analysis.script, script.analysis.text)
    return { ...script, offset, uses, use: nameAt(uses, script.file, offset) }
  }

  const show = (type: MessageType, message: string) =>
    connection.sendNotification(ShowMessageNotification.type, { type, message })

  /** Included files are read anew: somebody may have saved one. */
  const check = async (document: TextDocument) => {
    const { uri, version } = document
    const files = await host.included(document.getText(), pathOf(uri)).catch(() => new Map() as IncludedFiles)
    if (documents.get(uri)?.version !== version) return
    if (files.size > 0 || included.delete(uri)) {
      if (files.size > 0) included.set(uri, files)
      analyses.forget(uri)
    }
    const { analysis, file } = analyses.of(document)
    const aboutFiles = await host.aboutFiles(analysis.script).catch(() => [])
    if (documents.get(uri)?.version !== version) return
    void connection.sendDiagnostics({
      uri,
      version,
      // Those of an included file belong to that file; here its include is marked.
      diagnostics: [
        ...ownDiagnostics(analysis, file),
        ...aboutFiles.filter(({ span }) => span?.file === file),
      ].map((diagnostic) => diagnosticOf(diagnostic, document)),
    })
  }
  const checkSoon = (document: TextDocument) => {
    clearTimeout(timers.get(document.uri))
    timers.set(
      document.uri,
      setTimeout(() => {
        timers.delete(document.uri)
        void check(document)
      }, CHECK_DELAY_MS),
    )
  }

  connection.onInitialize(async ({ capabilities }) => {
    vocabulary = await host.vocabulary().catch(() => null)
    canShowProgress = capabilities.window?.workDoneProgress === true
    return {
      serverInfo: { name: 'storyreel' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        completionProvider: { triggerCharacters: ['@'] },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
        codeLensProvider: {},
        executeCommandProvider: { commands: [RENDER_SHOT] },
      },
    }
  })
  connection.onInitialized(async () => {
    surroundings = await host.surroundings().catch(() => surroundings)
  })

  documents.onDidChangeContent(({ document }) => checkSoon(document))
  documents.onDidClose(({ document }) => {
    clearTimeout(timers.get(document.uri))
    analyses.forget(document.uri)
    included.delete(document.uri)
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] })
  })

  connection.onCompletion((place) => {
    const script = scriptAt(place.textDocument.uri)
    if (script === null) return null
    const { document, analysis } = script
    const offset = document.offsetAt(place.position)
    return complete(analysis.text, offset, analysis.script, surroundings).map((item) =>
      completionOf(item, offset, document),
    )
  })

  connection.onHover(async ({ textDocument, position }) => {
    const script = scriptAt(textDocument.uri)
    if (script === null) return null
    const { document, analysis } = script
    const found = hover(analysis, document.offsetAt(position))
    if (found === null) return null
    const picture = found.shot && (await host.pictureOf(analysis.draft(), found.shot).catch(() => null))
    const value = !picture ? found.markdown : `${found.markdown}\n\n![${found.shot!.id}](${picture})`
    return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(found.span, document) }
  })

  connection.onDefinition((place) => {
    const found = at(place)
    const span = found?.use && definitionOf(found.use)
    if (!span) return null
    if (span.file === found.file) return { uri: found.document.uri, range: rangeOf(span, found.document) }
    const part = included.get(found.document.uri)?.get(span.file)
    if (!part || !('text' in part)) return null
    const other = TextDocument.create(pathToFileURL(resolve(span.file)).href, 'yaml', 0, part.text)
    return { uri: other.uri, range: rangeOf(span, other) }
  })

  connection.onReferences((place) => {
    const found = at(place)
    if (!found?.use) return null
    const isWanted = (use: NameUse) => place.context.includeDeclaration || !use.definition
    return referencesOf(found.use, found.uses)
      .filter((use) => isWanted(use) && use.span.file === found.file)
      .map(({ span }) => ({ uri: found.document.uri, range: rangeOf(span, found.document) }))
  })

  connection.onPrepareRename((place) => {
    const found = at(place)
    if (found?.use?.kind !== 'member' && found?.use?.kind !== 'place') return null
    return rangeOf(found.use.span, found.document)
  })

  connection.onRenameRequest((place) => {
    const found = at(place)
    if (!found?.use) return null
    const { analysis, document } = found
    const renaming = rename(found.use, place.newName, analysis.script, analysis.text)
    if ('problem' in renaming) return new ResponseError(ErrorCodes.InvalidParams, renaming.problem)
    const edits = renaming.edits.map(({ span, text }) => ({ range: rangeOf(span, document), newText: text }))
    return { changes: { [document.uri]: edits } }
  })

  connection.onDocumentSymbol(({ textDocument }) => {
    const script = scriptAt(textDocument.uri)
    return script && outlineOf(script.analysis).map((outline) => symbolOf(outline, script.document))
  })

  connection.onFoldingRanges(({ textDocument }) => {
    const script = scriptAt(textDocument.uri)
    return (
      script &&
      foldsOf(script.analysis).map(({ first, last }) => ({ startLine: first - 1, endLine: last - 1 }))
    )
  })

  connection.onCodeAction(({ textDocument, context }) =>
    context.diagnostics.flatMap((diagnostic) => fixOf(diagnostic, textDocument.uri)),
  )

  connection.onCodeLens(({ textDocument }) => {
    const script = scriptAt(textDocument.uri)
    return script && shotsOf(script).map((shot) => lensOf(shot, script))
  })

  connection.onExecuteCommand(async ({ command, arguments: given }, cancelled) => {
    const [uri, line] = given ?? []
    if (command !== RENDER_SHOT || typeof uri !== 'string' || typeof line !== 'number')
      return new ResponseError(
        ErrorCodes.InvalidParams,
        `there is no command ${command} with these arguments`,
      )
    const stopping = new AbortController()
    cancelled.onCancellationRequested(() => stopping.abort())
    const progress = canShowProgress ? await connection.window.createWorkDoneProgress() : null
    progress?.begin('storyreel', undefined, `shot on line ${line}`, true)
    progress?.token.onCancellationRequested(() => stopping.abort())
    try {
      const signal = AbortSignal.any([stopping.signal, ending.signal])
      const film = await host.renderShot(pathOf(uri), line, (words) => progress?.report(words), signal)
      show(MessageType.Info, film)
      return film
    } catch (error) {
      if (stopping.signal.aborted) return new ResponseError(ErrorCodes.InternalError, 'cancelled')
      const message = error instanceof Error ? error.message : String(error)
      show(MessageType.Error, message)
      return new ResponseError(ErrorCodes.InternalError, message)
    } finally {
      progress?.done()
    }
  })

  documents.listen(connection)
  connection.listen()
  let isGoodbye = false
  connection.onShutdown(() => {
    isGoodbye = true
  })
  return new Promise((resolve) => {
    const end = () => {
      ending.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      resolve(isGoodbye ? 0 : 1)
    }
    connection.onExit(end)
    input.once('end', end)
    input.once('close', end)
  })
}

const ownDiagnostics = (analysis: Analysis, file: string) =>
  analysis.checked().diagnostics.filter(({ span }) => span === null || span.file === file)

const shotsOf = ({ analysis }: Script): readonly Shot[] => analysis.draft().shots

const lensOf = ({ line }: Shot, { document }: Script): CodeLens => {
  const start = { line: line - 1, character: 0 }
  return {
    range: { start, end: start },
    command: { title: 'render this shot', command: RENDER_SHOT, arguments: [document.uri, line] },
  }
}

/** The edit that came along with a diagnostic. */
function fixOf(diagnostic: ProtocolDiagnostic, uri: string): CodeAction[] {
  const fix = diagnostic.data as { range: Range; text: string } | undefined
  if (fix === undefined) return []
  return [
    {
      title: `change to ${fix.text}`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: true,
      edit: { changes: { [uri]: [{ range: fix.range, newText: fix.text }] } },
    },
  ]
}
