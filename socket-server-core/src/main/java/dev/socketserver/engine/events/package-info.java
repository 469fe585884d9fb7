/**
 * Notifies the listeners of the application, and raises alarms, each in order and never
 * under a lock. Depends on {@code log}. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.events;

import org.jspecify.annotations.NullMarked;
