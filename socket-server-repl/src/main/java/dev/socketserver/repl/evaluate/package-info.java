/**
 * The languages of consoles: interpreters of SpEL and Java, the text of values, and the
 * evaluation that runs at the moment, with its interrupt and time limit. Knows neither
 * sessions nor terminals. All that evaluates anything is here.
 */
@NullMarked
package dev.socketserver.repl.evaluate;

import org.jspecify.annotations.NullMarked;
