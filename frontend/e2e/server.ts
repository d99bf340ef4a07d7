import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { constants, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const patience = 110_000
const password = 'bốn con gà trống'

/** The day of most tests. */
export const usual = '2021-01-25'

/** The sessions of the administrators of the servers that were started, by address. */
export const cookies = new Map<string, string>()

/** The real server: the one at TIENDO_URL, else one of our own in a folder of its own. */
export class Server {
  url = process.env.TIENDO_URL?.replace(/\/$/, '') ?? ''
  /** Of the set-up link of the first administrator, while nobody has used it. */
  secret: string | undefined
  /** Whether it is ours to stop. */
  readonly own = !process.env.TIENDO_URL
  #process: ChildProcess | null = null
  readonly #data = this.own ? mkdtempSync(join(tmpdir(), 'tiendo-e2e-')) : ''

  /** On which trial day, and after which commands it serves. */
  constructor(
    private readonly today = usual,
    private readonly before: string[][] = [],
  ) {}

  /** Starts, and has the administrator sign in unless he is to do that himself. */
  async start({ signIn = true } = {}): Promise<void> {
    if (!this.own) return this.#signIn(undefined)
    const binary = resolve(process.env.TIENDO_BIN ?? '../bin/tiendo')
    if (this.url === '') this.#furnish()
    for (const command of this.before) {
      execFileSync(binary, [...command, '--today', this.today, '--data', this.#data], { stdio: 'pipe' })
    }
    const port = this.url ? new URL(this.url).port : '0'
    const child = spawn(
      binary,
      ['serve', '--today', this.today, '--listen', `127.0.0.1:${port}`, '--data', this.#data],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#process = child
    const printed = await greeting(child, binary)
    this.url = printed.address
    this.secret = printed.secret
    if (signIn) await this.#signIn(printed.secret)
  }

  /** On the usual day the first start is one that was made before, see prepared.ts: the folder it left is copied. */
  #furnish(): void {
    const prepared = process.env.TIENDO_E2E_PREPARED
    if (!prepared || this.today !== usual || this.before.length > 0) return
    cpSync(prepared, this.#data, { recursive: true, mode: constants.COPYFILE_FICLONE })
  }

  /** Asks as the administrator whom the server's first start has invited. */
  fetch(address: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(address, this.url), {
      ...init,
      headers: { ...init.headers, Cookie: cookies.get(this.url) ?? '' },
    })
  }

  async #signIn(secret: string | undefined): Promise<void> {
    const [way, body] = secret
      ? ['setup', { secret, password }]
      : [
          'session',
          { user: process.env.TIENDO_USER ?? 'admin', password: process.env.TIENDO_PASSWORD ?? password },
        ]
    const answer = await fetch(`${this.url}/api/v1/${way}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`The administrator cannot sign in: ${await answer.text()}`)
    cookies.set(this.url, answer.headers.get('Set-Cookie')?.split(';')[0] ?? '')
  }

  /** Stops serving, and gives the folder it has left. */
  async leave(): Promise<string> {
    await this.#end('SIGTERM')
    return this.#data
  }

  /** Takes the power away. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Stops serving, runs a command over the same data, and gives what it prints. */
  async after(command: string[]): Promise<string> {
    await this.#end('SIGTERM')
    const binary = resolve(process.env.TIENDO_BIN ?? '../bin/tiendo')
    return execFileSync(binary, [...command, '--today', this.today, '--data', this.#data]).toString()
  }

  async stop(): Promise<void> {
    await this.leave()
    if (this.own) rmSync(this.#data, { recursive: true, force: true })
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null) return Promise.resolve()
    return new Promise(done => {
      child.once('exit', () => done())
      child.kill(signal)
    })
  }
}

interface Greeting {
  address: string
  /** Of the set-up link of the first administrator, as long as nobody has used it. */
  secret: string | undefined
}

/** Reads what the server prints once it can answer. */
function greeting(child: ChildProcess, binary: string): Promise<Greeting> {
  return new Promise((done, fail) => {
    let said = ''
    const timer = setTimeout(
      () => fail(new Error(`${binary} printed no address in time:\n${said}`)),
      patience,
    )
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (!address || !said.includes('Ctrl-C')) return
      clearTimeout(timer)
      done({ address: address[0], secret: /\/setup#(tdu_[\w-]+)/.exec(said)?.[1] })
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.once('error', error =>
      fail(new Error(`${binary} cannot be started (make build): ${error.message}`)),
    )
    child.once('exit', code => fail(new Error(`${binary} ended with ${code}:\n${said.slice(-2000)}`)))
  })
}
