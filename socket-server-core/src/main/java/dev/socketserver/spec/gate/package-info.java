/**
 * The blocks of a specification that keep strangers in check: how fast peers may send,
 * what they may do before their login, and what their addresses are banned for. Knows
 * {@code spec} and {@code address} only; {@code engine.gate} and {@code engine.ban} obey
 * it.
 */
@NullMarked
package dev.socketserver.spec.gate;

import org.jspecify.annotations.NullMarked;
