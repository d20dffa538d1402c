// The causes a finding can name. Stable: wrong variants, scripts and instructors' tables refer to them.
#pragma once

namespace ipclab::cause {

// Hangs (detect/).
inline constexpr char kHoldsOwnWriteEnd[] =
    "reader-holds-write-end";                                    // the reader itself keeps the pipe open
inline constexpr char kOtherHoldsWriteEnd[] = "write-end-held";  // another waiting process keeps it open
inline constexpr char kPipesFull[] = "all-writers-full";         // cross-filled pipes or queues
inline constexpr char kNoPartner[] = "no-partner";               // FIFO open without the other side
inline constexpr char kNoSender[] = "no-sender";                 // nobody left to send, write or connect
inline constexpr char kNoReceiver[] = "no-receiver";             // nobody left to receive or read
inline constexpr char kNoPost[] = "no-post";                     // nobody left to post the semaphore
inline constexpr char kSelfLock[] = "locked-by-itself";          // the waiter owns the lock already
inline constexpr char kLockCycle[] = "lock-cycle";               // two or more wait for each other's locks
inline constexpr char kDeadOwner[] = "owner-dead";               // the lock's owner has ended
inline constexpr char kLockHeld[] = "lock-held";                 // the owner waits for something else
inline constexpr char kLostWakeUp[] = "no-signaller";            // waits on a condition nobody will signal
inline constexpr char kPrivateWait[] = "waits-privately";  // in shared memory, but for its own process only
inline constexpr char kChildStuck[] = "child-stuck";       // waits for a child or thread that is stuck
inline constexpr char kNoSignal[] = "no-signal";           // waits for a signal nobody will send
inline constexpr char kStuck[] = "stuck";                  // a closed set of waits of mixed kinds

// What must_block finds instead of a block.
inline constexpr char kSpins[] = "spins";
inline constexpr char kPolls[] = "polls";
inline constexpr char kSleeps[] = "sleeps";
inline constexpr char kBlocksElsewhere[] = "blocks-elsewhere";
inline constexpr char kDoesNotBlock[] = "does-not-block";
inline constexpr char kBlocks[] = "blocks";           // where it must return
inline constexpr char kNoProgress[] = "no-progress";  // a limit was reached, nothing proved
inline constexpr char kStopped[] = "stopped";

// Values, ends and remains.
inline constexpr char kWrongAnswer[] = "wrong-answer";
inline constexpr char kWrongOutput[] = "wrong-output";
inline constexpr char kWrongStatus[] = "wrong-exit-status";
inline constexpr char kKilled[] = "killed-by-signal";
inline constexpr char kEndedEarly[] = "ended-early";
inline constexpr char kLeftBehind[] = "left-behind";  // an IPC object or file
inline constexpr char kDescriptorLeak[] = "descriptor-leak";
inline constexpr char kClosedTwice[] = "closed-twice";  // a descriptor, which may be another's by then
inline constexpr char kZombie[] = "zombie";             // a child nobody waited for
inline constexpr char kOrphan[] = "orphan";             // a process outlives its parent
inline constexpr char kMechanismNotUsed[] = "mechanism-not-used";
inline constexpr char kTooManyCalls[] = "too-many-calls";  // into the kernel
inline constexpr char kTooMuchOutput[] = "too-much-output";
inline constexpr char kTooManyProcesses[] = "too-many-processes";
inline constexpr char kTooMuchMemory[] = "too-much-memory";
inline constexpr char kTooMuchCpu[] = "too-much-cpu";
inline constexpr char kDiskFull[] = "scratch-space-full";

// Order between processes (race/).
inline constexpr char kRace[] = "race";                          // two accesses that nothing orders
inline constexpr char kNotShared[] = "lock-not-shared";          // used by two processes, made for one
inline constexpr char kNotOwner[] = "unlocked-by-another";       // a mutex given up by who does not have it
inline constexpr char kWaitWithoutLock[] = "wait-without-lock";  // a condition waited on without its mutex

}  // namespace ipclab::cause
