package dev.socketserver.cluster.directory;

import java.util.List;

/**
 * Some of the entries of a node.
 *
 * @param entries the entries; the same one may be on two pages
 * @param next where the next page begins, or empty
 */
public record OwnedPage(List<DirectoryEntry> entries, String next) {

}
