/// Which subscription is due first: a binary heap, with the order of entry where times are equal.
struct DueQueue {
  struct Entry {
    let due: GatewayTime
    /// What comes first of what is due at once, before the number.
    var order = 0
    let number: Int

    func comes(before other: Entry) -> Bool {
      (due, order, number) < (other.due, other.order, other.number)
    }
  }

  private var heap: [Entry] = []

  var first: Entry? { heap.first }

  mutating func add(_ entry: Entry) {
    heap.append(entry)
    var place = heap.count - 1
    while place > 0, heap[place].comes(before: heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].comes(before: heap[least]) {
        least = child
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
