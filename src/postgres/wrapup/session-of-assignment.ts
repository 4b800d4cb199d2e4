/**
 * Joins `genesys.session_facts as facts` to an assignment whose conversation is `stored`: the session at the assignment's position, unless a
 * restatement has put another one there.
 */
export const sessionOfAssignment = `
    facts.conversation_start = stored.conversation_start
    and facts.conversation_id = stored.conversation_id
    and facts.participant_no = assignments.participant_no
    and facts.session_no = assignments.session_no
    and facts.session_id is not distinct from assignments.session_id`;
