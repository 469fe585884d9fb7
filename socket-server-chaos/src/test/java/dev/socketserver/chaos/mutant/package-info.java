/**
 * Mistakes that are put into the compiled code, each of which the harness has to find.
 */
@NullMarked
package dev.socketserver.chaos.mutant;

import org.jspecify.annotations.NullMarked;
