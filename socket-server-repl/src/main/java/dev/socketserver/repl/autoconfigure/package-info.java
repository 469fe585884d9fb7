/**
 * Auto-configuration of consoles. Decides whether an application has any, and checks that
 * only those can reach a console who may. Nothing depends on it.
 */
@NullMarked
package dev.socketserver.repl.autoconfigure;

import org.jspecify.annotations.NullMarked;
