/**
 * The settings of servers and clients, seen and changed while they run: what was bound
 * ({@code Configured}), what differs from it ({@code Differences}), what a change would
 * put in force ({@code Trial}), and how it is made, or taken back ({@code Steps}). The
 * files {@code settings.txt} of the modules have what a change of each key does. Loaded
 * only where somebody asks. Uses {@code lifecycle}, {@code spec}, {@code properties},
 * {@code block}, {@code keys}, {@code port}, {@code table} and {@code registration}.
 */
@NullMarked
package dev.socketserver.autoconfigure.settings;

import org.jspecify.annotations.NullMarked;
