/**
 * What servers and clients were like in the last minutes, for the page for operators. It
 * is kept in memory of a fixed size, and only where that page is exposed. Depends on the
 * statistics of the core.
 */
@NullMarked
package dev.socketserver.actuate.history;

import org.jspecify.annotations.NullMarked;
