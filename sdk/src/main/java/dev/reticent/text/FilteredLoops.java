package dev.reticent.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites {@code {% for x in list if condition %}}, for which Jinjava renders nothing, as a loop
 * around an if.
 *
 * <p>Where the loop counts its turns or has an else, the two differ: such a loop raises an error
 * when it is reached.
 */
final class FilteredLoops {
  private static final Pattern TAG =
      Pattern.compile("\\{%[-+]?\\s*(for|endfor|if|endif|else)\\b(.*?)[-+]?%}", Pattern.DOTALL);
  private static final Pattern FILTERED =
      Pattern.compile(
          "(\\{%[-+]?\\s*for\\s.+?\\sin\\s.+?)\\s(if\\s.+?)(\\s*[-+]?%})", Pattern.DOTALL);
  private static final Pattern COUNTED = Pattern.compile("\\bloop\\b");

  private FilteredLoops() {}

  private static final class Open {
    final int start;
    final int end;
    boolean hasElse;

    Open(int start, int end) {
      this.start = start;
      this.end = end;
    }
  }

  static String rewrite(String source) {
    SortedMap<Integer, String> edits = new TreeMap<>(); // position of a tag to its new text
    Deque<Open> open = new ArrayDeque<>();
    Matcher tag = TAG.matcher(source);
    while (tag.find()) {
      String name = tag.group(1);
      if (name.equals("for") || name.equals("if")) {
        open.push(new Open(tag.start(), tag.end()));
      } else if (open.isEmpty()) {
        return source; // not balanced: the engine says what is wrong
      } else if (name.equals("else")) {
        open.peek().hasElse = true;
      } else {
        Open opened = open.pop();
        if (name.equals("endfor")) {
          edit(source, opened, tag, edits);
        }
      }
    }
    return apply(source, edits);
  }

  private static void edit(String source, Open opened, Matcher end, Map<Integer, String> edits) {
    String start = source.substring(opened.start, opened.end);
    Matcher filtered = FILTERED.matcher(start);
    if (!filtered.matches() || filtered.group(2).contains(" else ")) {
      return;
    }
    String body = source.substring(opened.end, end.start());
    if (opened.hasElse || COUNTED.matcher(body).find()) {
      edits.put(
          opened.start,
          "{{ raise_exception('a loop with a condition that counts its turns is not supported') }}"
              + start);
    } else {
      edits.put(opened.start, filtered.group(1) + " %}{% " + filtered.group(2) + filtered.group(3));
      edits.put(end.start(), end.group().replace("endfor", "endif").replaceAll("[-+]?%}$", "%}"));
      edits.merge(end.start(), end.group().replaceAll("^\\{%[-+]?", "{%"), String::concat);
    }
  }

  private static String apply(String source, SortedMap<Integer, String> edits) {
    StringBuilder result = new StringBuilder();
    int done = 0;
    for (int position : edits.keySet()) {
      result.append(source, done, position).append(edits.get(position));
      done = source.indexOf("%}", position) + 2;
    }
    return result.append(source.substring(done)).toString();
  }
}
