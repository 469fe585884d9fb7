/**
 * Auto-configuration of consoles, which evaluate expressions.
 */
@NullMarked
package dev.socketserver.repl.autoconfigure;

import org.jspecify.annotations.NullMarked;
