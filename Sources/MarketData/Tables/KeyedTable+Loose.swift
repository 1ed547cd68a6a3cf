/// Tables without a key: every row stands for itself (tables.md, Keys).
extension KeyedTable {
  private func rowHash(_ packet: PacketRows, row: Int) -> UInt64 {
    let first = row * packet.stored
    var hash = KeyHash.seed
    for place in packet.places {
      let cell = place < 0 ? .null : packet.cells[first + place]
      hash = packet.mix(hash, row: cell)
    }
    return KeyHash.finish(hash)
  }

  mutating func looseUpdates(_ packet: PacketRows, _ changes: inout ChangeSet) {
    for row in 0..<packet.rowCount {
      store.append(packet, row: row, hash: rowHash(packet, row: row))
      changes.insert(after: changes.copy(store, slot: store.slotCount - 1))
    }
    evict()
  }

  /// Differences the rows as a multiset: a row that was there as often stays, the others come and go.
  mutating func looseSnapshot(_ packet: PacketRows, _ changes: inout ChangeSet) {
    var fresh = RowStore(width: store.width)
    fresh.reserve(rows: packet.rowCount)
    for row in 0..<packet.rowCount {
      fresh.append(packet, row: row, hash: rowHash(packet, row: row))
    }
    // Newest first, so that `popLast` gives the oldest of equal rows.
    var unmatched: [UInt64: [Int]] = [:]
    for slot in (0..<store.slotCount).reversed() where store.isLive(slot) {
      unmatched[store.hashes[slot], default: []].append(slot)
    }
    var isNew = Array(repeating: true, count: fresh.slotCount)
    var stays = Array(repeating: false, count: store.slotCount)
    for slot in 0..<fresh.slotCount {
      guard let candidates = unmatched[fresh.hashes[slot]],
        let match = candidates.lastIndex(where: { fresh.isSame(slot: slot, as: $0, of: store) })
      else { continue }
      stays[candidates[match]] = true
      unmatched[fresh.hashes[slot]]?.remove(at: match)
      isNew[slot] = false
    }
    for slot in 0..<store.slotCount where store.isLive(slot) && !stays[slot] {
      changes.remove(before: changes.copy(store, slot: slot))
    }
    for slot in 0..<fresh.slotCount where isNew[slot] { changes.insert(after: changes.copy(fresh, slot: slot)) }
    store = fresh
    evict()
  }

  /// Lets the oldest rows go as far as the limit asks, without a change, but counted.
  private mutating func evict() {
    guard count > looseRowLimit else { return squeezeIfNeeded() }
    for slot in store.firstLive..<store.slotCount where store.isLive(slot) {
      store.kill(slot)
      evictedRows += 1
      if count <= looseRowLimit { break }
    }
    squeezeIfNeeded()
  }
}
