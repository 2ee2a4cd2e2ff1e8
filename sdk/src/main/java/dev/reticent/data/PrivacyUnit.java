package dev.reticent.data;

/** Whose data a row is: what differential privacy protects as a whole. */
public sealed interface PrivacyUnit {
  /** The unit in words, for ledgers and statements. */
  String inWords();

  /** Each row on its own; rows that are exactly equal count as one unit. */
  record Row() implements PrivacyUnit {
    @Override
    public String inWords() {
      return "row";
    }
  }

  /** All rows with the same value in a column: a person, an author, a patient. */
  record Column(String name) implements PrivacyUnit {
    @Override
    public String inWords() {
      return "all rows with the same " + name;
    }
  }

  static PrivacyUnit row() {
    return new Row();
  }

  static PrivacyUnit column(String name) {
    return new Column(name);
  }
}
