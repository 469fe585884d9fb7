/**
 * The blocks of a specification that limit peers: how fast they may send, what they may
 * do before their login, and for what their addresses are banned. Knows {@code spec} and
 * {@code address} only; {@code engine.gate} and {@code engine.ban} apply it.
 */
@NullMarked
package dev.socketserver.spec.gate;

import org.jspecify.annotations.NullMarked;
