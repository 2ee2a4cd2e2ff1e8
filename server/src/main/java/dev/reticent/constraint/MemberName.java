package dev.reticent.constraint;

/**
 * A place in the name of a declared member, before its first quote or after it: all the names that
 * may come are read as one, however many there are.
 *
 * @param object the object, about to have a member
 * @param low the first of the names that begin with what was read, in the order of {@link Names}
 * @param high after the last of them
 * @param depth the bytes read so far
 */
record MemberName(Members object, int low, int high, int depth) implements Terminal {

  /** The place before any name that may come now. */
  static MemberName start(Members object) {
    return new MemberName(object, 0, object.names().size(), 0);
  }

  @Override
  public Symbol next(int b) {
    Names names = object.names();
    int from = names.bound(low, high, depth, b);
    int to = names.bound(from, high, depth, b + 1);
    for (int place = from; place < to; place++) {
      int member = names.member(place);
      if (object.mayHave(member)) {
        boolean whole = names.name(place).length == depth + 1; // no name goes on after its quote
        return whole
            ? new Members.Named(object, member)
            : new MemberName(object, from, to, depth + 1);
      }
    }
    return NoText.NONE;
  }

  @Override
  public boolean complete() {
    return false;
  }

  @Override
  public boolean open() {
    return cost() != ByteCost.NEVER;
  }

  @Override
  public int cost() {
    int place = cheapestPlace();
    return place < 0 ? ByteCost.NEVER : cost(place);
  }

  private int cost(int place) {
    int name = object.names().name(place).length - depth;
    return ByteCost.sum(name, new Members.Named(object, object.names().member(place)).cost());
  }

  private int cheapestPlace() {
    int best = -1;
    int least = ByteCost.NEVER;
    for (int place = low; place < high; place++) {
      int cost = object.mayHave(object.names().member(place)) ? cost(place) : ByteCost.NEVER;
      if (cost < least) {
        least = cost;
        best = place;
      }
    }
    return best;
  }

  @Override
  public int cheapest() {
    return object.names().name(cheapestPlace())[depth] & 0xFF;
  }
}
