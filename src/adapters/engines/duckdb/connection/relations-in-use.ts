/** Physical relations that open workspaces build or read, so that nobody drops them meanwhile. */
export class RelationsInUse {
  private readonly byWorkspace = new Map<object, { run: number; relations: Set<string> }>()

  add(workspace: object, run: number, relation: string): void {
    const use = this.byWorkspace.get(workspace) ?? { run, relations: new Set() }
    use.relations.add(relation)
    this.byWorkspace.set(workspace, use)
  }

  forget(workspace: object): void {
    this.byWorkspace.delete(workspace)
  }

  /** True if an open workspace, of a run other than `exceptRun`, knows `relation`. */
  has(relation: string, exceptRun?: number): boolean {
    for (const { run, relations } of this.byWorkspace.values())
      if (run !== exceptRun && relations.has(relation)) return true
    return false
  }
}
